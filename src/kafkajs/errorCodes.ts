/** What the program knows about an error code of the Kafka protocol. */
export interface KafkaError {
  /** Kafka's own name. */
  readonly name: string
  /** Whether asking again may help (`RetriableException` in the Java client). */
  readonly retriable: boolean
  /** What is wrong, to stand behind a subject and a colon. */
  readonly words?: string
  readonly advice?: string
}

/** Every error code up to Kafka 4.2 (`Errors.java`), in the order of the codes from -1. */
const NAMES = `
UNKNOWN_SERVER_ERROR NONE OFFSET_OUT_OF_RANGE CORRUPT_MESSAGE* UNKNOWN_TOPIC_OR_PARTITION*
INVALID_FETCH_SIZE LEADER_NOT_AVAILABLE* NOT_LEADER_OR_FOLLOWER* REQUEST_TIMED_OUT*
BROKER_NOT_AVAILABLE REPLICA_NOT_AVAILABLE* MESSAGE_TOO_LARGE STALE_CONTROLLER_EPOCH
OFFSET_METADATA_TOO_LARGE NETWORK_EXCEPTION* COORDINATOR_LOAD_IN_PROGRESS*
COORDINATOR_NOT_AVAILABLE* NOT_COORDINATOR* INVALID_TOPIC_EXCEPTION RECORD_LIST_TOO_LARGE
NOT_ENOUGH_REPLICAS* NOT_ENOUGH_REPLICAS_AFTER_APPEND* INVALID_REQUIRED_ACKS ILLEGAL_GENERATION
INCONSISTENT_GROUP_PROTOCOL INVALID_GROUP_ID UNKNOWN_MEMBER_ID INVALID_SESSION_TIMEOUT
REBALANCE_IN_PROGRESS INVALID_COMMIT_OFFSET_SIZE TOPIC_AUTHORIZATION_FAILED
GROUP_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED INVALID_TIMESTAMP
UNSUPPORTED_SASL_MECHANISM ILLEGAL_SASL_STATE UNSUPPORTED_VERSION TOPIC_ALREADY_EXISTS
INVALID_PARTITIONS INVALID_REPLICATION_FACTOR INVALID_REPLICA_ASSIGNMENT INVALID_CONFIG
NOT_CONTROLLER* INVALID_REQUEST UNSUPPORTED_FOR_MESSAGE_FORMAT POLICY_VIOLATION
OUT_OF_ORDER_SEQUENCE_NUMBER DUPLICATE_SEQUENCE_NUMBER INVALID_PRODUCER_EPOCH INVALID_TXN_STATE
INVALID_PRODUCER_ID_MAPPING INVALID_TRANSACTION_TIMEOUT CONCURRENT_TRANSACTIONS*
TRANSACTION_COORDINATOR_FENCED TRANSACTIONAL_ID_AUTHORIZATION_FAILED SECURITY_DISABLED
OPERATION_NOT_ATTEMPTED KAFKA_STORAGE_ERROR* LOG_DIR_NOT_FOUND SASL_AUTHENTICATION_FAILED
UNKNOWN_PRODUCER_ID REASSIGNMENT_IN_PROGRESS DELEGATION_TOKEN_AUTH_DISABLED
DELEGATION_TOKEN_NOT_FOUND DELEGATION_TOKEN_OWNER_MISMATCH DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
DELEGATION_TOKEN_AUTHORIZATION_FAILED DELEGATION_TOKEN_EXPIRED INVALID_PRINCIPAL_TYPE
NON_EMPTY_GROUP GROUP_ID_NOT_FOUND FETCH_SESSION_ID_NOT_FOUND* INVALID_FETCH_SESSION_EPOCH*
LISTENER_NOT_FOUND* TOPIC_DELETION_DISABLED FENCED_LEADER_EPOCH* UNKNOWN_LEADER_EPOCH*
UNSUPPORTED_COMPRESSION_TYPE STALE_BROKER_EPOCH OFFSET_NOT_AVAILABLE* MEMBER_ID_REQUIRED
PREFERRED_LEADER_NOT_AVAILABLE* GROUP_MAX_SIZE_REACHED FENCED_INSTANCE_ID
ELIGIBLE_LEADERS_NOT_AVAILABLE* ELECTION_NOT_NEEDED* NO_REASSIGNMENT_IN_PROGRESS
GROUP_SUBSCRIBED_TO_TOPIC INVALID_RECORD UNSTABLE_OFFSET_COMMIT* THROTTLING_QUOTA_EXCEEDED*
PRODUCER_FENCED RESOURCE_NOT_FOUND DUPLICATE_RESOURCE UNACCEPTABLE_CREDENTIAL
INCONSISTENT_VOTER_SET INVALID_UPDATE_VERSION FEATURE_UPDATE_FAILED
PRINCIPAL_DESERIALIZATION_FAILURE SNAPSHOT_NOT_FOUND POSITION_OUT_OF_RANGE UNKNOWN_TOPIC_ID*
DUPLICATE_BROKER_REGISTRATION BROKER_ID_NOT_REGISTERED INCONSISTENT_TOPIC_ID*
INCONSISTENT_CLUSTER_ID TRANSACTIONAL_ID_NOT_FOUND FETCH_SESSION_TOPIC_ID_ERROR*
INELIGIBLE_REPLICA NEW_LEADER_ELECTED OFFSET_MOVED_TO_TIERED_STORAGE FENCED_MEMBER_EPOCH
UNRELEASED_INSTANCE_ID UNSUPPORTED_ASSIGNOR STALE_MEMBER_EPOCH MISMATCHED_ENDPOINT_TYPE
UNSUPPORTED_ENDPOINT_TYPE UNKNOWN_CONTROLLER_ID UNKNOWN_SUBSCRIPTION_ID TELEMETRY_TOO_LARGE
INVALID_REGISTRATION TRANSACTION_ABORTABLE INVALID_RECORD_STATE SHARE_SESSION_NOT_FOUND*
INVALID_SHARE_SESSION_EPOCH* FENCED_STATE_EPOCH INVALID_VOTER_KEY DUPLICATE_VOTER
VOTER_NOT_FOUND INVALID_REGULAR_EXPRESSION REBOOTSTRAP_REQUIRED STREAMS_INVALID_TOPOLOGY
STREAMS_INVALID_TOPOLOGY_EPOCH STREAMS_TOPOLOGY_FENCED SHARE_SESSION_LIMIT_REACHED*
`
  .trim()
  .split(/\s+/)

/** For the codes that a person is likely to meet: what it means and what to do. */
const WORDS: Readonly<Record<number, readonly [words: string, advice: string]>> = {
  '-1': ['the broker met an error that it does not explain', "Look into the broker's log."],
  1: ['the offset is not in the log (any more)', 'Start from the beginning or the end.'],
  2: [
    'the broker found the record damaged, or a compacted topic got a record without a key',
    'Give every record of a compacted topic a key.',
  ],
  3: [
    'it does not exist, or you may not see it',
    'Check the name, or ask for the right to describe it.',
  ],
  5: ['it has no leader now', 'Wait for the election, or bring the brokers that hold it back.'],
  6: ['its leader has moved', 'Try again.'],
  7: [
    'the broker did not finish in time',
    "Try again; look at the broker's load if it happens often.",
  ],
  9: ['the replica is not there', 'Try again.'],
  10: [
    'the record is larger than the broker takes',
    'Make it smaller, or raise max.message.bytes of the topic.',
  ],
  12: ["the commit's metadata is too long", 'Shorten it.'],
  13: ['the broker closed the connection', 'Try again.'],
  14: ['its coordinator is still loading', 'Try again in a moment.'],
  15: [
    'it has no coordinator now',
    'Try again in a moment; if it lasts, look at the topics __consumer_offsets and __transaction_state.',
  ],
  16: ['it has moved to another coordinator', 'Try again.'],
  17: [
    "the topic's name or use is not allowed",
    'Use letters, digits, dot, underscore and hyphen; internal topics cannot be written.',
  ],
  18: ['the batch is larger than a segment', 'Send fewer records at once.'],
  19: [
    'fewer replicas are in sync than min.insync.replicas asks for, so nothing was written',
    'Bring the missing brokers back.',
  ],
  20: [
    'it was written, but to fewer replicas than min.insync.replicas asks for',
    'Bring the missing brokers back before writing again.',
  ],
  21: ['the broker does not know this value of acks', 'Use 0, 1 or all.'],
  22: ['the group has started a new generation', 'Try again.'],
  23: [
    'the group has members that work another way',
    'Use another group, or stop its members first.',
  ],
  24: ["the group's name is not valid", 'Give the group a name.'],
  25: [
    'the group has active members, or does not know this one',
    "Stop the group's consumers first.",
  ],
  26: [
    "the session timeout is out of the broker's range",
    'Change it to lie between group.min.session.timeout.ms and group.max.session.timeout.ms.',
  ],
  27: ['the group is rebalancing', 'Try again in a moment.'],
  28: ['the commit is too large', 'Commit fewer partitions at once.'],
  29: ['you are not allowed to do this with the topic', 'Ask for an ACL on the topic.'],
  30: ['you are not allowed to do this with the group', 'Ask for an ACL on the group.'],
  31: ['you are not allowed to do this with the cluster', 'Ask for an ACL on the cluster.'],
  32: [
    "the record's timestamp is further from now than the topic allows",
    'Change the timestamp, or message.timestamp.before.max.ms and after.max.ms of the topic.',
  ],
  33: ['the broker does not offer this SASL mechanism', 'Choose another mechanism.'],
  34: ['the port does not take a login', 'Turn SASL off, or use the port that wants it.'],
  35: ['the broker is too old or too new for this request', 'Use it with a broker that knows it.'],
  36: ['a topic of this name exists already', 'Choose another name.'],
  37: [
    'the number of partitions is not possible',
    'Ask for at least one, and never for fewer than there are.',
  ],
  38: [
    'the replication factor is not possible',
    'Ask for at least one and for no more than there are brokers.',
  ],
  39: ['the assignment of replicas is not possible', 'Name brokers that exist, each once.'],
  40: ['a config is not valid', "Correct the config's name or value."],
  41: ['the controller has moved', 'Try again.'],
  42: [
    'the broker did not understand the request',
    'Report this: the request should not be made like that.',
  ],
  43: ["the broker's message format is too old for this", 'Use a topic with a newer format.'],
  44: ["the broker's policy forbids it", 'Ask who runs the cluster.'],
  45: [
    'the broker misses a record that was sent before this one, so it refuses it',
    'Send it again.',
  ],
  47: [
    'another producer with the same transactional id has taken over, or the transaction was open too long',
    'Give each producer a transactional id of its own.',
  ],
  48: ['the transaction is not in a state that allows it', 'Begin it again.'],
  49: [
    'the broker does not know this producer under its transactional id any more',
    'Begin again.',
  ],
  50: [
    'the broker does not allow transactions as long as this',
    'Raise transaction.max.timeout.ms of the brokers.',
  ],
  51: ['its last transaction is still being ended', 'Try again in a moment.'],
  52: ['its coordinator has changed', 'Try again.'],
  53: [
    'you are not allowed to use this transactional id',
    'Ask for an ACL on the transactional id.',
  ],
  54: ['the broker has no authorizer, so it has no ACLs', 'Nothing to do unless ACLs are wanted.'],
  56: ['the broker cannot read or write its disk', "Look at the broker's disks."],
  58: ['the login failed', 'Check user and password.'],
  59: ['the broker has forgotten this producer', 'Send it again.'],
  68: ['the group has active members', "Stop the group's consumers first."],
  69: ['no such group, or a group of another type', "Check the group's name."],
  72: [
    'the leader has no listener of the kind that was asked',
    'Give every broker the same listeners.',
  ],
  73: ['the broker does not allow deleting topics', 'Set delete.topic.enable on the brokers.'],
  74: ['its leader has changed', 'Try again.'],
  75: ['the broker has not heard of the new leader yet', 'Try again.'],
  76: ['the broker does not take this compression', 'Use another compression, or none.'],
  78: ['the new leader does not know the end of the log yet', 'Try again in a moment.'],
  79: ['the group wants a member id first', 'Try again.'],
  81: ['the group has as many members as it may have', 'Stop one of its consumers.'],
  86: ['the group reads the topic now', "Stop the group's consumers first."],
  87: ['the broker refused the record', "Read the broker's own words below."],
  88: ['a transaction has not decided about these offsets yet', 'Try again in a moment.'],
  89: ['the quota is used up', 'Try again later.'],
  90: [
    'another producer with the same transactional id has taken over, or the transaction was open too long',
    'Give each producer a transactional id of its own.',
  ],
  100: ['the topic was deleted, or made again under the same name', 'Refresh the topic.'],
  103: ['the topic was deleted, or made again under the same name', 'Refresh the topic.'],
  110: ['the coordinator has removed this member', 'Join again.'],
  113: ["the member's epoch is old", 'Try again.'],
  114: [
    'this port belongs to a broker where a controller was asked, or the reverse',
    "Use the brokers' port.",
  ],
  120: ['the transaction cannot go on', 'Abort it and begin it again.'],
}

const UNKNOWN_SERVER_ERROR = -1

/** The error of a code; a code newer than this table keeps its number. */
export function kafkaError(code: number): KafkaError {
  const entry = NAMES[code - UNKNOWN_SERVER_ERROR]
  if (entry === undefined) return { name: `ERROR_${code}`, retriable: false }
  const [words, advice] = WORDS[code] ?? []
  return {
    name: entry.replace('*', ''),
    retriable: entry.endsWith('*'),
    ...(words !== undefined && { words }),
    ...(advice !== undefined && { advice }),
  }
}

/** The codes that this program branches on. */
export const CODE = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  coordinatorLoadInProgress: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  topicAuthorizationFailed: 29,
  clusterAuthorizationFailed: 31,
  unsupportedSaslMechanism: 33,
  illegalSaslState: 34,
  unsupportedVersion: 35,
  notController: 41,
  duplicateSequenceNumber: 46,
  invalidProducerEpoch: 47,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  operationNotAttempted: 55,
  kafkaStorageError: 56,
  groupIdNotFound: 69,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  producerFenced: 90,
  unknownTopicId: 100,
} as const
