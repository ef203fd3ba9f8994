using System.Text;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>What detectors may read: variables, a few files, and the addresses that platforms have agreed on.</summary>
internal sealed class PlatformEnvironment(Func<string, string?> variable, TimeProvider time)
{
    private const int MaxVendorBytes = 256;

    /// <summary>The link-local address of every cloud's metadata service.</summary>
    public const string MetadataAddress = "169.254.169.254";

    /// <summary>Where machines ask for metadata; host, or host and port.</summary>
    public string Metadata { get; init; } = MetadataAddress;

    /// <summary>Where AWS containers ask for credentials.</summary>
    public string ContainerCredentials { get; init; } = "169.254.170.2";

    /// <summary>The base of AWS STS in a region.</summary>
    public Func<string, Uri> SecurityTokenService { get; init; } =
        region => new Uri($"https://sts.{region}.amazonaws.com/");

    /// <summary>Where the firmware's strings are; they name the cloud a machine runs in.</summary>
    public string FirmwareFolder { get; init; } = "/sys/class/dmi/id";

    /// <summary>Where a projected service-account token is expected.</summary>
    public string ProjectedToken { get; init; } = KubernetesDetector.ProjectedToken;

    public TimeProvider Time => time;

    /// <summary>A variable's value; null when unset or empty.</summary>
    public string? this[string name] => variable(name) is { Length: > 0 } value ? value : null;

    public bool Has(string name) => this[name] is not null;

    /// <summary>A string of the firmware, trimmed; empty when there is none.</summary>
    public string Firmware(string name)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(FirmwareFolder, name));
            Span<byte> buffer = stackalloc byte[MaxVendorBytes];
            return Encoding.ASCII.GetString(buffer[..file.ReadAtLeast(buffer, buffer.Length, false)]).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
