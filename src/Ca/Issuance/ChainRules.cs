using Culvert.Ca.Certificates;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Issuance;

/// <summary>
/// The limits that authorities in the chain set for a certificate (RFC 5280 §6.1), checked before signing, so that we never
/// issue what verifiers would refuse. Where verifiers differ, this follows the strictest.
/// </summary>
internal static class ChainRules
{
    /// <summary>Returns null when every authority of the chain allows the order.</summary>
    public static CaRefusal? Check(IssuanceOrder order, ValidityWindow validity)
    {
        for (int i = 0; i < order.Issuer.Chain.Count; i++)
        {
            ParsedCertificate authority = order.Issuer.Chain[i];
            CaRefusal? refusal =
                CheckRole(authority)
                ?? CheckPathLength(order, authority, i)
                ?? CheckPurposes(order, authority)
                ?? CheckPeriod(validity, authority)
                ?? CheckNames(order, authority);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private static CaRefusal? CheckRole(ParsedCertificate authority) =>
        authority.BasicConstraints is { IsAuthority: true }
        && (authority.KeyUsage is not { } usage || (usage & KeyUsages.KeyCertSign) != 0)
            ? null
            : new CaRefusal(CaErrorCodes.CaKeyUsage, "An authority of the chain may not sign certificates.");

    /// <summary>RFC 5280 §4.2.1.9: chain[i] has i authorities below it, and one more when one is certified.</summary>
    private static CaRefusal? CheckPathLength(IssuanceOrder order, ParsedCertificate authority, int place) =>
        authority.BasicConstraints?.PathLength is { } limit && place + (order.Profile.IsAuthority ? 1 : 0) > limit
            ? new CaRefusal(CaErrorCodes.CaPathLength, "A path length in the chain does not allow this certificate.")
            : null;

    /// <summary>
    /// RFC 5280 does not define extended key usage for authorities. Verifiers treat it as a limit for everything below, and
    /// not all of them accept anyExtendedKeyUsage for every purpose.
    /// </summary>
    private static CaRefusal? CheckPurposes(IssuanceOrder order, ParsedCertificate authority) =>
        authority.ExtendedKeyUsages is not { } allowed || order.Profile.ExtendedKeyUsages.All(allowed.Contains)
            ? null
            : new CaRefusal(CaErrorCodes.CaEku, "An authority of the chain is not for the profile's purposes.");

    private static CaRefusal? CheckPeriod(ValidityWindow validity, ParsedCertificate authority) =>
        authority.NotBefore <= validity.IssuedAt && validity.NotAfter <= authority.NotAfter
            ? null
            : new CaRefusal(
                CaErrorCodes.ValidityInvalid,
                "The certificate would be valid at a time when an authority of the chain is not."
            );

    private static CaRefusal? CheckNames(IssuanceOrder order, ParsedCertificate authority)
    {
        if (
            authority.NameConstraints is not { } constraints
            || (Allows(constraints, order) && constraints.HasOnlyKnownKinds)
        )
        {
            return null;
        }

        return new CaRefusal(
            CaErrorCodes.NameConstraintViolation,
            "A name lies outside the name constraints of the issuing chain."
        );
    }

    // Constraints also apply to the subject (§4.2.1.10). Leaves have none, and we issue no authority under directory-name
    // constraints.
    private static bool Allows(NameConstraints constraints, IssuanceOrder order) =>
        order.Names.Dns.All(name => constraints.Allows(GeneralNameKind.Dns, name, []))
        && order.Names.Uris.All(name => constraints.Allows(GeneralNameKind.Uri, name, []))
        && order.Names.Addresses.All(address =>
            constraints.Allows(GeneralNameKind.IpAddress, "", address.GetAddressBytes())
        )
        && (order.Subject.IsEmpty || !constraints.Binds(GeneralNameKind.DirectoryName));
}
