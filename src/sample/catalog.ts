export interface Product {
  readonly sku: string
  readonly name: string
  readonly price: number
}

const product = (sku: string, name: string, price: number): Product => ({ sku, name, price })

export const PRODUCTS = [
  product('KB-104', 'Keyboard, 75 %', 119),
  product('KB-220', 'Keyboard, split', 219),
  product('MS-031', 'Mouse, silent', 34.9),
  product('MS-220', 'Trackball', 64.5),
  product('MN-270', 'Monitor, 27 inch', 329),
  product('MN-340', 'Monitor, 34 inch', 589),
  product('CB-015', 'USB-C cable, 1 m', 9.9),
  product('CB-020', 'USB-C cable, 2 m', 12.9),
  product('DK-001', 'Docking station', 149),
  product('HS-410', 'Headset', 89),
  product('WC-108', 'Webcam', 74.9),
  product('LP-007', 'Desk lamp', 42),
  product('ST-012', 'Laptop stand', 38.5),
  product('X-900', 'Sample, not for sale', 0.01),
] as const

export const FIRST_NAMES = [
  'Amara',
  'Bruno',
  'Chiara',
  'Dilan',
  'Elif',
  'Farid',
  'Greta',
  'Hana',
  'Ivo',
  'Jun',
  'Katya',
  'Lucía',
  'Mateo',
  'Nadia',
  'Oskar',
  'Priya',
  'Quentin',
  'Rosa',
  'Søren',
  'Tomás',
  'Uma',
  'Viktor',
  'Wen',
  'Yara',
  'Zoe',
] as const

export const LAST_NAMES = [
  'Ahmed',
  'Bauer',
  'Costa',
  'Dubois',
  'Eriksen',
  'Ferrari',
  'García',
  'Hansen',
  'Ito',
  'Jansen',
  'Kim',
  'Lindqvist',
  'Müller',
  'Novák',
  'Okafor',
  'Pereira',
  'Rossi',
  'Silva',
  'Tanaka',
  'Weber',
] as const

export interface City {
  readonly city: string
  readonly country: string
}

export const CITIES: readonly [City, ...City[]] = [
  { city: 'Berlin', country: 'DE' },
  { city: 'Lyon', country: 'FR' },
  { city: 'Seoul', country: 'KR' },
  { city: 'Porto', country: 'PT' },
  { city: 'Graz', country: 'AT' },
  { city: 'Oslo', country: 'NO' },
  { city: 'Turin', country: 'IT' },
  { city: 'Ghent', country: 'BE' },
]

export const FAILURES = [
  'card_declined',
  'card_expired',
  'fraud_check',
  'no_stock',
  'timeout',
] as const

export const SOURCES = ['web', 'web', 'app', 'app', 'partner'] as const
export const TENANTS = ['acme', 'acme', 'globex'] as const
export const METHODS = ['card', 'card', 'paypal', 'invoice'] as const
