using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace Culvert.Platform.Net;

/// <summary>Describes a failed connection by its cause, not the exceptions that .NET wraps around it.</summary>
public static partial class FailureText
{
    /// <summary>Keywords of .NET and OpenSSL for certificate errors, with Culvert's text.</summary>
    private static readonly (string Word, string Text)[] CertificateErrors =
    [
        ("NotTimeValid", "The server's certificate has expired, or is not valid yet."),
        ("RemoteCertificateNameMismatch", "The server's certificate is for another name."),
        ("PartialChain", "The server's certificate is not issued by a trusted CA."),
        ("UntrustedRoot", "The server's certificate is not issued by a trusted CA."),
        ("Revoked", "The server's certificate was revoked."),
        ("RemoteCertificateNotAvailable", "The server showed no certificate."),
        ("RemoteCertificate", "The server's certificate is not trusted."),
    ];

    /// <summary>Returns one sentence without names of libraries and routines.</summary>
    public static string Describe(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var cause = failure.GetBaseException();
        if (
            cause is AuthenticationException
            && CertificateErrors.FirstOrDefault(error => cause.Message.Contains(error.Word, StringComparison.Ordinal))
                is { Text: { } plain }
        )
        {
            return plain;
        }

        var text = OpenSslPrefix().Replace(cause.Message, "");
        return cause.Message.Contains("unexpected EOF", StringComparison.Ordinal)
                ? "The peer closed the connection during the TLS handshake."
            : cause is not AuthenticationException && IsOfTls(failure) ? $"The TLS handshake failed: {text}"
            : text;
    }

    private static bool IsOfTls(Exception? failure) =>
        failure is not null && (failure is AuthenticationException || IsOfTls(failure.InnerException));

    // "error:0A000438:SSL routines::tlsv1 alert internal error"
    [GeneratedRegex("error:[0-9A-Fa-f]+:[^:]*:[^:]*:")]
    private static partial Regex OpenSslPrefix();
}
