using System.Net.Security;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// The agent's certificate towards an upstream. Its files are checked for every new connection and read again when
/// they changed; while they cannot be used, as between two writes, the last good pair stays.
/// </summary>
internal sealed class ClientCertificate(string certificateFile, string keyFile)
{
    private readonly Lock gate = new();

    // Guarded by the gate.
    private (DateTime Certificate, DateTime Key) read;
    private KeyAndCertificate? pair;

    /// <summary>For a handshake that begins now.</summary>
    /// <exception cref="CertificateUnusableException">No usable pair was ever read.</exception>
    public SslStreamCertificateContext Current()
    {
        lock (gate)
        {
            var written = (File.GetLastWriteTimeUtc(certificateFile), File.GetLastWriteTimeUtc(keyFile));
            if (pair is null || written != read)
            {
                try
                {
                    pair = Read(certificateFile, keyFile);
                    read = written;
                }
                catch (CertificateUnusableException) when (pair is not null)
                {
                    // Tried again at the next connection.
                }
            }

            return pair.Context;
        }
    }

    /// <summary>Reads the pair of two PEM files; the key must be its owner's alone.</summary>
    /// <exception cref="CertificateUnusableException">Either cannot be read, or they do not belong together.</exception>
    public static KeyAndCertificate Read(string certificateFile, string keyFile)
    {
        try
        {
            return KeyAndCertificate.FromPem(File.ReadAllText(certificateFile), PrivateFile.ReadText(keyFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecretUnavailableException)
        {
            throw new CertificateUnusableException(e.Message, e);
        }
    }
}
