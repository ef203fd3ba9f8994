using Culvert.Identity.Service.Errors;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Refusals of addresses that keys must not be fetched from: when the URL is saved, and at every fetch.</summary>
internal static class IssuerErrors
{
    public static readonly ErrorCode PrivateAddress = new(
        "issuer.private_address",
        400,
        "The address is private.",
        "The URL's name leads to an address of a private network, and allowed_targets does not open it.",
        "Add the address and port to allowed_targets, inside the installation's private_issuer_networks."
    );

    public static readonly ErrorCode LoopbackAddress = new(
        "issuer.loopback_address",
        400,
        "The address is the service's own host.",
        "The URL's name leads to loopback, and not both the issuer and the installation name loopback.",
        "Correct the URL. Loopback must be named by allowed_targets and by private_issuer_networks."
    );

    public static readonly ErrorCode LinkLocalAddress = new(
        "issuer.link_local_address",
        400,
        "The address is link-local.",
        "The URL's name leads to a link-local address, which is never fetched from.",
        "Correct the URL or the name's DNS records."
    );

    public static readonly ErrorCode MetadataAddress = new(
        "issuer.metadata_address",
        400,
        "The address is a cloud's metadata service.",
        "The URL's host name resolves to an address that serves credentials, such as a metadata endpoint; it is never fetched.",
        "Correct the URL or the host name's DNS records; the records may have been tampered with."
    );

    public static readonly ErrorCode ReservedAddress = new(
        "issuer.reserved_address",
        400,
        "The address belongs to no server.",
        "The URL's name leads to a multicast, documentation or translation address.",
        "Correct the URL or the name's DNS records."
    );

    public static readonly ErrorCode OutsideBound = new(
        "issuer.outside_bound",
        400,
        "Address and port are outside the installation's private_issuer_networks.",
        "allowed_targets opens address and port, private_issuer_networks does not.",
        "Ask the installation's operator to extend private_issuer_networks: NETWORK opens port 443, NETWORK:PORT that port."
    );

    public static readonly ErrorCode PortNotAllowed = new(
        "issuer.port_not_allowed",
        400,
        "The port is not open.",
        "The service fetches from public addresses only on port 443, unless allowed_targets names address and port.",
        "Use port 443, or name the target in allowed_targets."
    );

    public static ErrorCode ToErrorCode(FetchRefusal refusal) =>
        refusal switch
        {
            FetchRefusal.LoopbackAddress => LoopbackAddress,
            FetchRefusal.LinkLocalAddress => LinkLocalAddress,
            FetchRefusal.MetadataAddress => MetadataAddress,
            FetchRefusal.ReservedAddress => ReservedAddress,
            FetchRefusal.OutsideBound => OutsideBound,
            FetchRefusal.PortNotAllowed => PortNotAllowed,
            _ => PrivateAddress,
        };
}
