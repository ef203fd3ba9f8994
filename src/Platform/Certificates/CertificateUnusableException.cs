namespace Culvert.Platform.Certificates;

/// <summary>A certificate, a key or their pair cannot be used. The message never contains key material.</summary>
public sealed class CertificateUnusableException(string message, Exception? inner = null) : Exception(message, inner);
