using System.Text;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>The sources that detectors may read: variables, a few files, and the platforms' addresses.</summary>
internal sealed class PlatformEnvironment(Func<string, string?> variable, TimeProvider time)
{
    private const int MaxVendorBytes = 256;

    /// <summary>The link-local address of every cloud's metadata service.</summary>
    public const string MetadataAddress = "169.254.169.254";

    /// <summary>Address of the machine's metadata service; host, or host and port.</summary>
    public string Metadata { get; init; } = MetadataAddress;

    /// <summary>Address of the credentials service for AWS containers.</summary>
    public string ContainerCredentials { get; init; } = "169.254.170.2";

    /// <summary>The base URL of AWS STS in a region.</summary>
    public Func<string, Uri> SecurityTokenService { get; init; } =
        region => new Uri($"https://sts.{region}.amazonaws.com/");

    /// <summary>Folder of the firmware's strings; they name the cloud of a machine.</summary>
    public string FirmwareFolder { get; init; } = "/sys/class/dmi/id";

    public string ProjectedToken { get; init; } = KubernetesDetector.ProjectedToken;

    public TimeProvider Time => time;

    /// <summary>A variable's value; null when unset or empty.</summary>
    public string? this[string name] => variable(name) is { Length: > 0 } value ? value : null;

    public bool Has(string name) => this[name] is not null;

    /// <summary>A trimmed string of the firmware; empty when there is none.</summary>
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
