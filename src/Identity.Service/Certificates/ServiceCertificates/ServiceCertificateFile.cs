using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>
/// The service's own certificates, sealed in the state directory. When the store is read-only at the start, no new ones
/// can be recorded (S12), and the service uses these until they expire.
/// </summary>
internal sealed class ServiceCertificateFile(
    Sealer sealer,
    StoreSettings storeSettings,
    StoreNode node,
    TimeProvider time,
    ILogger<ServiceCertificateFile> logger
)
{
    // The location of a sealed value is part of its seal.
    private const string Place = "service_certificates";

    /// <summary>If the disk is full, the previous certificate stays; the running service does not depend on it.</summary>
    public void Save(
        string listener,
        GrantedNames names,
        string issuer,
        CertificateDocument document,
        AsymmetricAlgorithm key
    )
    {
        var secret = JsonSerializer.SerializeToUtf8Bytes(
            new StoredServiceCertificate(
                Names: ToText(names),
                Issuer: issuer,
                Certificate: document,
                KeyPem: key.ExportPkcs8PrivateKeyPem()
            ),
            StoredServiceCertificateJson.Default.StoredServiceCertificate
        );
        try
        {
            PrivateFile.Replace(GetFile(listener), sealer.Seal(Place, node.Name, listener, secret));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.CertificateNotKept(logger, GetFile(listener), fault.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The stored pair if it has these names, is from that issuer, and is valid now; otherwise null.</summary>
    public KeyAndCertificate? Find(string listener, GrantedNames names, string issuer)
    {
        try
        {
            var kept = JsonSerializer.Deserialize(
                sealer.Unseal(Place, node.Name, listener, File.ReadAllBytes(GetFile(listener))),
                StoredServiceCertificateJson.Default.StoredServiceCertificate
            );
            if (kept is null || kept.Names != ToText(names) || kept.Issuer != issuer)
            {
                return null;
            }

            var pair = KeyAndCertificate.FromPem(
                kept.Certificate.CertificatePem + "\n" + kept.Certificate.ChainPem,
                kept.KeyPem
            );
            var now = time.GetUtcNow();
            return pair.NotBefore <= now && now <= pair.NotAfter ? pair : null;
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or UnauthorizedAccessException
                        or StoreException
                        or JsonException
                        or CertificateUnusableException
            )
        {
            return null;
        }
    }

    private string GetFile(string listener) =>
        Path.Combine(storeSettings.StateDirectory, $"{listener}-certificate.sealed");

    private static string ToText(GrantedNames names) =>
        string.Join(' ', names.Dns.Concat(names.Uris).Concat(names.Addresses.Select(address => address.ToString())));
}
