using System.Formats.Asn1;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Linting;
using Culvert.Ca.Orders;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Issuance;

/// <summary>
/// A certificate that is built and linted but not signed. The caller must persist the intent between <see cref="Prepare"/>
/// and <see cref="Redeem"/>. A plan signs once, and nothing unlinted can be signed.
/// </summary>
/// <remarks>
/// 1. Decide the period. 2. Check the order against every authority of the chain. 3. Write the content to be signed. 4. Sign
/// a twin with a temporary key and lint it. 5. (Caller: commit serial number, intent, audit.) 6. Sign. 7. Compare with the
/// twin. 8. Verify the signature.
/// </remarks>
public sealed class IssuancePlan
{
    private readonly IssuanceOrder order;
    private readonly ParsedCertificate twin;
    private int redeemed;

    private IssuancePlan(IssuanceOrder order, ValidityWindow validity, ParsedCertificate twin)
    {
        this.order = order;
        this.twin = twin;
        Validity = validity;
    }

    /// <summary>The serial number, which is used up even if signing fails.</summary>
    public SerialNumber Serial => order.Serial;

    internal ReadOnlyMemory<byte> TbsEncoded => twin.TbsEncoded;

    public ValidityWindow Validity { get; }

    public static CaResult<IssuancePlan> Prepare(IssuanceOrder order)
    {
        if (!order.Issuer.IsSelf && order.PublicKey.IsSameKey(order.Issuer.PublicKey))
        {
            return new CaRefusal(CaErrorCodes.KeyIsCaKey, "The key to certify is the issuing authority's own key.");
        }

        CaResult<ValidityWindow> validity = ValidityWindow.Decide(
            order.Profile,
            order.Now,
            order.NotBefore,
            order.Life,
            order.LifeCap,
            order.Issuer.Period,
            order.Serial
        );
        if (!validity.Succeeded)
        {
            return validity.Refusal;
        }

        if (ChainRules.Check(order, validity.Value) is { } violation)
        {
            return violation;
        }

        byte[] tbs = TbsCertificateWriter.Write(order, validity.Value);
        ParsedCertificate? twin = Assemble(tbs, order, ThrowawaySigner.SignatureFor(order.Issuer.PublicKey));
        if (twin is null)
        {
            return new CaRefusal(CaErrorCodes.LintFailed, "The content to be signed is not a certificate.");
        }

        IReadOnlyList<string> findings = CertificateLints.Run(new LintSubject(twin, order));
        return findings.Count > 0
            ? new CaRefusal(CaErrorCodes.LintFailed, $"Rules that would be broken: {string.Join(", ", findings)}.")
            : new IssuancePlan(order, validity.Value, twin);
    }

    /// <summary>Signs, compares and verifies. Call it only after the intent is persisted.</summary>
    /// <exception cref="InvalidOperationException">The plan was redeemed before, or the key is not the issuer's.</exception>
    public CaResult<IssuedCertificate> Redeem(IssuerKey key)
    {
        if (Interlocked.Exchange(ref redeemed, 1) != 0)
        {
            throw new InvalidOperationException("An issuance plan is redeemed once.");
        }

        if (!key.PublicKey.IsSameKey(order.Issuer.PublicKey))
        {
            throw new InvalidOperationException("The key is not the planned issuer's.");
        }

        // A copy: the signer's input and output are compared with the twin's own octets afterwards.
        byte[] tbs = twin.TbsEncoded.ToArray();
        byte[] signature;
        try
        {
            signature = key.Sign(tbs);
        }
        catch (CryptographicException)
        {
            // The HSM is logged out, unavailable, or refuses. Its message may name devices, so only the key's custody logs
            // it.
            return new CaRefusal(CaErrorCodes.SignerUnavailable, "The authority's key cannot sign at present.");
        }

        if (twin.WithSignature(Encode(tbs, order, signature)) is not { } certificate)
        {
            return new CaRefusal(CaErrorCodes.TbsMismatch, "The signed content is not the checked content.");
        }

        return certificate.IsSignedBy(order.Issuer.PublicKey)
            ? new IssuedCertificate(certificate, order.Serial, Validity)
            : new CaRefusal(CaErrorCodes.SignerBadSignature, "The new signature does not verify.");
    }

    internal static ParsedCertificate? Assemble(byte[] tbs, IssuanceOrder order, byte[] signature) =>
        ParsedCertificate.TryParse(Encode(tbs, order, signature), order.PublicKey);

    private static byte[] Encode(byte[] tbs, IssuanceOrder order, byte[] signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(tbs);
            writer.WriteEncodedValue(SignatureScheme.For(order.Issuer.PublicKey).Identifier.Span);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }
}
