using Culvert.Ca.Keys.Pkcs12;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A private key that was made elsewhere.</summary>
/// <param name="Pkcs12">A PKCS#12 file, Base64.</param>
internal sealed record ImportKeyRequest(string Pkcs12, string Password)
{
    private const int MaxPasswordLength = 1024;

    public Result<byte[]> Read()
    {
        if (Pkcs12.Length > (Pkcs12Import.MaxBytes / 3 * 4) + 4)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (Password.Length > MaxPasswordLength)
        {
            return RequestErrors.Invalid.Refuse("password: at most 1024 characters.");
        }

        var file = new byte[Pkcs12.Length];
        return Convert.TryFromBase64String(Pkcs12, file, out var length)
            ? file[..length]
            : RequestErrors.Invalid.Refuse("pkcs12: Base64 is required.");
    }

    /// <summary>Omits the password and the key.</summary>
    public override string ToString() => "PKCS#12 file";
}
