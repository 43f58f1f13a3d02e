import { api, int16, int32, int64, list, since, string, tagged, bool } from './schema.ts'

/**
 * What a broker understands. A broker too old for the version asked answers in version 0 with error
 * 35 and its own ranges (KIP-511); version 3 hides features whose lowest level is 0, so 4 is asked.
 */
export const ApiVersions = api({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexibleFrom: 3,
  request: {
    clientSoftwareName: since(3, string),
    clientSoftwareVersion: since(3, string),
  },
  response: {
    errorCode: int16,
    apiKeys: list({ apiKey: int16, minVersion: int16, maxVersion: int16 }),
    throttleTimeMs: since(1, int32),
    supportedFeatures: tagged(0, 3, list({ name: string, minVersion: int16, maxVersion: int16 })),
    finalizedFeaturesEpoch: tagged(1, 3, int64),
    finalizedFeatures: tagged(
      2,
      3,
      list({ name: string, maxVersionLevel: int16, minVersionLevel: int16 }),
    ),
    zkMigrationReady: tagged(3, 3, bool),
  },
})
