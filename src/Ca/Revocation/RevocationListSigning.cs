using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Revocation;

/// <summary>Creates a list: write, sign and lint a twin with a temporary key, sign, verify, compare.</summary>
public static class RevocationListSigning
{
    public static CaResult<ParsedRevocationList> Sign(RevocationListOrder order, IssuerKey key)
    {
        if (!key.PublicKey.IsSameKey(order.Issuer.PublicKey))
        {
            throw new InvalidOperationException("The key is not the list's issuer's.");
        }

        byte[] tbs = RevocationListWriter.WriteTbs(order);
        ParsedRevocationList? twin = Assemble(
            tbs,
            order,
            Issuance.ThrowawaySigner.SignatureFor(order.Issuer.PublicKey)
        );
        if (twin is null)
        {
            return new CaRefusal(CaErrorCodes.CrlLintFailed, "The content to be signed is not a revocation list.");
        }

        IReadOnlyList<string> findings = RevocationListLints.Run(twin, order);
        if (findings.Count > 0)
        {
            return new CaRefusal(
                CaErrorCodes.CrlLintFailed,
                $"Rules that would be broken: {string.Join(", ", findings)}."
            );
        }

        byte[] encoded = RevocationListWriter.Assemble(tbs, order.Issuer.PublicKey, key.Sign(tbs));
        if (twin.WithSignature(encoded) is not { } signed)
        {
            return new CaRefusal(CaErrorCodes.TbsMismatch, "The signed content is not the checked content.");
        }

        return signed.IsSignedBy(order.Issuer.PublicKey)
            ? signed
            : new CaRefusal(CaErrorCodes.SignerBadSignature, "The new signature does not verify.");
    }

    private static ParsedRevocationList? Assemble(byte[] tbs, RevocationListOrder order, byte[] signature) =>
        ParsedRevocationList.TryParse(RevocationListWriter.Assemble(tbs, order.Issuer.PublicKey, signature));
}
