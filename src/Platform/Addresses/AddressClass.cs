namespace Culvert.Platform.Addresses;

/// <summary>What an address is for, by the registries of RFC 6890 and its IPv6 kin.</summary>
public enum AddressClass
{
    /// <summary>Globally reachable.</summary>
    Public,

    /// <summary>An organization's own: RFC 1918, RFC 6598, RFC 4193.</summary>
    Private,

    /// <summary>This machine: 127.0.0.0/8, ::1.</summary>
    Loopback,

    /// <summary>This link alone: 169.254.0.0/16, fe80::/10.</summary>
    LinkLocal,

    /// <summary>A cloud's metadata service, which gives credentials to any caller.</summary>
    CloudMetadata,

    /// <summary>Everything else that no server on the Internet has: multicast, documentation, translation, reserved.</summary>
    Reserved,
}
