using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelErrors
{
    public static readonly ErrorCode Limit = new(
        "tunnel.limit",
        400,
        "Organization already has the maximum of non-archived Tunnels",
        "The number of active tunnels has reached tunnels.per_organization.",
        "Archive a tunnel that is no longer used, or raise the limit."
    )
    {
        IsLasting = true,
    };

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
        "Another caller changed its settings; details.revision is the current one.",
        "Read the tunnel again, and repeat the change on the current version."
    );

    public static readonly ErrorCode Range = new(
        "tunnel.source_range",
        400,
        "A source range is not a valid CIDR range.",
        "Not an address or network, host bits set, a list that is too long, or a range given twice.",
        "Write ranges as 192.0.2.0/24 or 2001:db8::/32; a single address needs no prefix length."
    );

    public static readonly ErrorCode CertificateLimit = new(
        "tunnel_certificate.limit",
        400,
        "The tunnel already has the maximum of 2 non-archived certificates.",
        "Both slots are in use by registered certificates or by active and staged authorities.",
        "Archive the certificate that is no longer used."
    );

    public static readonly ErrorCode CertificateOfAuthority = new(
        "tunnel_certificate.of_authority",
        409,
        "The certificate belongs to a certificate authority of the service.",
        "Its life cycle follows its authority: retire or taint the authority.",
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

    public static readonly ErrorCode EdgeUnknown = new(
        "edge.unknown",
        400,
        "No registered edge has that id.",
        "edge_ids names an edge that was never registered, or is archived.",
        "List the edges, and name others; an empty list removes the pins."
    );

    public static readonly ErrorCode RangeSetUnknown = new(
        "range_set.unknown",
        400,
        "The organization has no range set of that name.",
        "client_range_sets names one that was never applied, or is removed.",
        "List the sets, or apply the missing one first."
    );

    public static readonly ErrorCode RangeSetRevision = new(
        "range_set.revision",
        409,
        "The range set has changed since the expected revision.",
        "Another caller changed it; details.revision is the current one, 0 if none exists.",
        "Read it again, and repeat the change on the current version."
    );

    public static readonly ErrorCode RangeSetInUse = new(
        "range_set.in_use",
        409,
        "The range set is in use.",
        "An unarchived tunnel names it in client_range_sets.",
        "Remove it from the tunnels first."
    );

    public static readonly ErrorCode RangeSetLimit = new(
        "range_set.limit",
        400,
        "The organization already has the maximum of range sets.",
        "64 sets exist.",
        "Remove one that no tunnel names, or widen an existing one."
    );

    public static readonly ErrorCode AssertionAudience = new(
        "tunnel.assertion_audience",
        400,
        "An audience of assertions is not valid.",
        "More than 16, one twice, longer than 512 characters, not printable ASCII without blanks, or this service.",
        "Write each audience exactly as the upstream expects it in aud, such as api://AzureADTokenExchange."
    );

    public static readonly ErrorCode ClientAuthority = new(
        "client_authority.certificate",
        400,
        "The certificate cannot vouch for clients.",
        "Not one PEM certificate of a current, private authority that may certify TLS clients (RFC 5280), or its key is weak.",
        "Send the CA certificate that signs the clients' certificates."
    );

    public static readonly ErrorCode ClientIdentity = new(
        "client_authority.identities",
        400,
        "A pattern of client identities is not valid.",
        "Not uri:, dns: or email: and a value, more than one star, or a star that is not one whole segment.",
        "Write uri:spiffe://example.com/clients/*, dns:*.clients.example.com or email:*@example.com, or exact names."
    );

    public static readonly ErrorCode ClientAuthorityTaken = new(
        "client_authority.taken",
        409,
        "The certificate authority is already registered.",
        "An unarchived entry of the tunnel has the same certificate.",
        "Archive that entry first if the identities are to change."
    );

    public static readonly ErrorCode ClientAuthorityLimit = new(
        "client_authority.limit",
        400,
        "The tunnel already has the maximum of client certificate authorities.",
        "8 unarchived authorities exist.",
        "Archive one that is no longer used."
    );

    public static readonly ErrorCode RouteNames = new(
        "route.names",
        409,
        "The route has other names than you have seen.",
        "Agents reported names since the list was read; details.names is the number of names now.",
        "Read the names of the route again, then attest it."
    );

    public static readonly ErrorCode ReportEpoch = new(
        "report.epoch",
        400,
        "The report acknowledges an epoch that was never served.",
        "The epoch is higher than the current epoch of the bundle.",
        "Report the epochs of the feed in force."
    );
}
