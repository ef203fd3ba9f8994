using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal static class HostnameErrors
{
    public static readonly ErrorCode Name = new(
        "hostname.name",
        400,
        "The name cannot be a custom hostname.",
        "It is an address, a single label, too long, or has other characters than letters, digits and hyphens.",
        "Write one full DNS name such as mcp.example.com (names in other scripts in their xn-- form), or *.DOMAIN for the domain that another "
            + "provider gave its tunnel."
    );

    public static readonly ErrorCode PublicSuffix = new(
        "hostname.public_suffix",
        400,
        "The name is a public suffix.",
        "It is a public suffix: anyone can register names below it, so it has no single owner.",
        "Choose a name below one that is your organization's."
    );

    public static readonly ErrorCode Reserved = new(
        "hostname.reserved",
        400,
        "The name belongs to this installation or to a tunnel.",
        "It is the name of the service or of an edge, or is inside the domain of tunnels.",
        "Names below the tunnel's own domain work without a claim; for others choose one of your organization's."
    );

    public static readonly ErrorCode Claimed = new(
        "hostname.claimed",
        409,
        "The tunnel has claimed the name already.",
        "The same name was added before.",
        "List the hostnames, and check the existing one."
    );

    public static readonly ErrorCode Limit = new(
        "hostname.limit",
        400,
        "The tunnel already has the maximum of hostnames.",
        "64 names are claimed.",
        "Remove one that is not used."
    );

    public static readonly ErrorCode AlreadyClaimed = new(
        "hostname.taken",
        409,
        "The name is in use by another tunnel.",
        "Another tunnel has it active, or had it when it was archived less than 30 days ago.",
        "Remove it there first; an archived tunnel of the same organization releases it immediately."
    );

    public static readonly ErrorCode Wildcard = new(
        "hostname.wildcard",
        409,
        "A wildcard is not proven by a record.",
        "It claims the domain that another provider gave its tunnel, whose zone is the provider's.",
        "Have an installation operator approve it (culvert tunnel hostname approve)."
    );

    public static readonly ErrorCode DomainNotApproved = new(
        "server_certificate.domain",
        403,
        "The tunnel has no approval for certificates of this domain.",
        "*.DOMAIN was not added to the tunnel's hostnames, was not approved by an installation operator, or was removed.",
        "Add it (culvert tunnel hostname add TUNNEL '*.DOMAIN'), and have an installation operator approve it."
    );

    public static readonly ErrorCode SuffixList = new(
        "hostname.suffix_list",
        409,
        "Names cannot be proven without the public suffix list.",
        "tunnels.hostnames.public_suffix_file names no file that can be read.",
        "Install the publicsuffix package and set tunnels.hostnames.public_suffix_file, or have an installation operator approve the name."
    );

    public static readonly ErrorCode Resolver = new(
        "hostname.resolver",
        503,
        "Finding the name servers of the name failed.",
        "The service's own resolver did not answer.",
        "Check tunnels.hostnames.resolvers and the service's network path to them, then try again."
    );
}
