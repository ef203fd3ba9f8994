using System.Net.Security;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// The agent's client certificate for an upstream. The files are checked for each new connection and read again after a
/// change; while they are unusable, as between two writes, the last good pair stays.
/// </summary>
internal sealed class ClientCertificate(string certificateFile, SecretReference key)
{
    private readonly Lock gate = new();

    // Written under gate.
    private (DateTimeOffset? Certificate, DateTimeOffset? Key) read;
    private KeyAndCertificate? pair;

    /// <summary>The pair of the newest connection; null before the first one.</summary>
    public KeyAndCertificate? Last => Volatile.Read(ref pair);

    /// <exception cref="CertificateUnusableException">No usable pair was ever read.</exception>
    public SslStreamCertificateContext Current() => ReadCurrent().Context;

    /// <exception cref="CertificateUnusableException">No usable pair was ever read.</exception>
    public KeyAndCertificate ReadCurrent()
    {
        key.RecordUse();
        lock (gate)
        {
            var written = (LinkedFile.FindWriteTime(certificateFile), key.FindWriteTime());
            if (pair is null || written != read)
            {
                try
                {
                    pair = Read(certificateFile, key);
                    read = written;
                }
                catch (CertificateUnusableException) when (pair is not null)
                {
                    // The next connection tries again.
                }
            }

            return pair;
        }
    }

    /// <summary>Reads the pair from two PEM files; only the key file's owner may have access to it.</summary>
    /// <exception cref="CertificateUnusableException">A file is unusable, or key and certificate do not match.</exception>
    public static KeyAndCertificate Read(string certificateFile, SecretReference key)
    {
        try
        {
            return KeyAndCertificate.FromPem(File.ReadAllText(certificateFile), key.Peek());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecretUnavailableException)
        {
            throw new CertificateUnusableException(e.Message, e);
        }
    }
}
