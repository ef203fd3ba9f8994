namespace Culvert.Platform.Certificates;

/// <summary>Explains a file that is not PEM certificates. The command prints PEM; <c>FILE</c> is the file's name.</summary>
public sealed record CertificateAdvice(string Meaning, string Command)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Meaning} Run: {Command}";
}
