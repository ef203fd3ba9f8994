using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelErrors
{
    public static readonly ErrorCode Limit = new(
        "tunnel.limit",
        400,
        "Organization already has the maximum of non-archived Tunnels",
        "As many tunnels as tunnels.per_organization allows are live.",
        "Archive a tunnel that is no longer used, or raise the limit."
    );

    public static readonly ErrorCode Archived = new(
        "tunnel.archived",
        400,
        "The tunnel is archived.",
        "Archiving is final: token, certificates and domain are retired.",
        "Create a new tunnel."
    );

    public static readonly ErrorCode Revision = new(
        "tunnel.revision",
        409,
        "The tunnel has changed since the expected revision.",
        "Somebody else changed its settings; details.revision is the current one.",
        "Read the tunnel again, and repeat the change on what it says now."
    );

    public static readonly ErrorCode Range = new(
        "tunnel.source_range",
        400,
        "A source range is not a valid CIDR range.",
        "Not an address or network, host bits set, a list that is too long, or a range given twice.",
        "Write ranges as 192.0.2.0/24 or 2001:db8::/32; a single address stands for itself."
    );

    public static readonly ErrorCode CertificateLimit = new(
        "tunnel_certificate.limit",
        400,
        "The tunnel already has the maximum of 2 non-archived certificates.",
        "Both slots are taken by registered certificates or by active and staged authorities.",
        "Archive the certificate that is no longer used."
    );

    public static readonly ErrorCode CertificateOfAuthority = new(
        "tunnel_certificate.of_authority",
        409,
        "The certificate belongs to a certificate authority of the service.",
        "Its life follows the authority's: retire or taint that.",
        "Use the certificate authority in details.ca_id."
    );

    public static readonly ErrorCode EdgeNameTaken = new(
        "edge.name_taken",
        409,
        "An edge of that name exists.",
        "Names of unarchived edges are unique.",
        "Choose another name, or archive the other edge."
    );

    public static readonly ErrorCode EdgeArchived = new(
        "edge.archived",
        403,
        "The edge is archived.",
        "An archived edge gets no feed and no certificate.",
        "Register a new edge."
    );

    public static readonly ErrorCode ReportEpoch = new(
        "report.epoch",
        400,
        "The report acknowledges an epoch that was never served.",
        "The epoch lies above the current one of the bundle.",
        "Report the epochs of the feed in force."
    );
}
