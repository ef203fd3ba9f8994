using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Keys.Pkcs12;

/// <summary>
/// Reads the only private key of a PKCS#12 file (RFC 7292). Cost and protection of the file are checked before a key is
/// derived from the password, because the sender chooses the iteration counts.
/// </summary>
public static class Pkcs12Import
{
    /// <summary>Limit of the file, in octets.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Limit of one key derivation.</summary>
    public const int MaxIterations = 1_000_000;

    private const int MaxTotalIterations = 2 * MaxIterations;
    private const int MaxCertificates = 8;

    /// <summary>Returns the key, which the caller disposes.</summary>
    public static CaResult<IssuerKey> Read(ReadOnlySpan<byte> file, string password)
    {
        if (file.Length > MaxBytes)
        {
            return new CaRefusal(CaErrorCodes.RequestTooLarge, $"The file is larger than {MaxBytes} octets.");
        }

        if (Inspect(file.ToArray()) is { } refusal)
        {
            return refusal;
        }

        try
        {
            return Load(file, password);
        }
        catch (Pkcs12LoadLimitExceededException)
        {
            // Found only after decryption: several keys, or nested derivations.
            return Unusable("The file contains several keys, too many certificates, or nested derivations.");
        }
        catch (CryptographicException)
        {
            return Unusable("The password is wrong, or the file is damaged.");
        }
    }

    private static CaResult<IssuerKey> Load(ReadOnlySpan<byte> file, string password)
    {
        X509Certificate2Collection loaded = X509CertificateLoader.LoadPkcs12Collection(
            file,
            password,
            X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable,
            new Pkcs12LoaderLimits
            {
                MaxKeys = 1,
                MaxCertificates = MaxCertificates,
                IndividualKdfIterationLimit = MaxIterations,
                MacIterationLimit = MaxIterations,
                TotalKdfIterationLimit = MaxTotalIterations,
            }
        );
        try
        {
            foreach (X509Certificate2 certificate in loaded.Where(one => one.HasPrivateKey))
            {
                using AsymmetricAlgorithm? key =
                    (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
                if (key is null)
                {
                    return Unusable("The key is neither RSA nor on an elliptic curve.");
                }

                byte[] pkcs8 = key.ExportPkcs8PrivateKey();
                try
                {
                    return IssuerKey.Import(pkcs8);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(pkcs8);
                }
            }

            return Unusable("The file contains no private key with its certificate.");
        }
        finally
        {
            foreach (X509Certificate2 certificate in loaded)
            {
                certificate.Dispose();
            }
        }
    }

    private static CaRefusal? Inspect(byte[] file)
    {
        var inspection = new Pkcs12Inspection();
        try
        {
            inspection.Read(file);
        }
        catch (AsnContentException)
        {
            return Unusable("It is not a PKCS#12 file.");
        }

        return inspection switch
        {
            { Iterations: > MaxTotalIterations } or { MostIterations: > MaxIterations } => new CaRefusal(
                CaErrorCodes.CaKdfCost,
                $"At most {MaxIterations} iterations are accepted."
            ),
            { Error: { } error } => Unusable(error),
            { Keys: > 1 } => Unusable("The file contains several keys."),
            _ => null,
        };
    }

    private static CaRefusal Unusable(string why) => new(CaErrorCodes.CaPkcs12, why);
}
