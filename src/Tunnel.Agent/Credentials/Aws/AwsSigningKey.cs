using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>The signing key of Signature Version 4 for one day, region and service.</summary>
internal sealed class AwsSigningKey
{
    private const string Terminator = "aws4_request";

    private readonly byte[] key;

    private AwsSigningKey(byte[] key, string date, string region, string service) =>
        (this.key, Date, Region, Service, Scope) = (
            key,
            date,
            region,
            service,
            $"{date}/{region}/{service}/{Terminator}"
        );

    /// <summary>The day, as <c>yyyyMMdd</c>.</summary>
    public string Date { get; }

    public string Region { get; }

    public string Service { get; }

    /// <summary>What the signature is good for.</summary>
    public string Scope { get; }

    public static AwsSigningKey Derive(string secretKey, string date, string region, string service)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in (ReadOnlySpan<string>)[date, region, service, Terminator])
        {
            var next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        return new AwsSigningKey(key, date, region, service);
    }

    /// <summary>The signature in lower-case hexadecimal digits.</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
