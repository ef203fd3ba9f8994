namespace Culvert.Platform.Addresses;

/// <summary>The purpose of an address, by the registries of RFC 6890 and their IPv6 equivalents.</summary>
public enum AddressClass
{
    /// <summary>Globally reachable.</summary>
    Public,

    /// <summary>An organization's own: RFC 1918, RFC 6598, RFC 4193.</summary>
    Private,

    /// <summary>This machine: 127.0.0.0/8, ::1.</summary>
    Loopback,

    /// <summary>This link only: 169.254.0.0/16, fe80::/10.</summary>
    LinkLocal,

    /// <summary>A cloud's metadata service, which gives credentials to any caller.</summary>
    CloudMetadata,

    /// <summary>Other addresses that no Internet server has: multicast, documentation, translation, reserved.</summary>
    Reserved,
}
