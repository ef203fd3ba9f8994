namespace Culvert.Platform.Certificates;

/// <summary>Explains a file that is not PEM certificates, with the command that converts it to PEM.</summary>
/// <param name="Meaning">One or two sentences.</param>
/// <param name="Command">A command line with <c>FILE</c> in place of the file's name; it prints PEM.</param>
public sealed record CertificateAdvice(string Meaning, string Command)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Meaning} Run: {Command}";
}
