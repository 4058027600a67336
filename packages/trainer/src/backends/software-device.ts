/** Whether the name that a graphics driver gives its device is that of an emulation on the CPU. */
export function isSoftwareDevice(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(name)
}

/** The device's name as it is shown, with the truth about an emulated one. */
export function showDevice(api: string, name: string, software: boolean): string {
  return software ? `${api}, ${name} (software: emulated on the CPU)` : `${api}, ${name}`
}
