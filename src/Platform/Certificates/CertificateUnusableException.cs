namespace Culvert.Platform.Certificates;

/// <summary>A certificate, a key or a pair of them cannot be used. The message never holds key material.</summary>
public sealed class CertificateUnusableException(string message, Exception? inner = null) : Exception(message, inner);
