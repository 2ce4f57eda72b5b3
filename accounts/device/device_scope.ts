/** The only scope that a machine can be given. */
export const DEVICE_SCOPE = "bridge:connect";
