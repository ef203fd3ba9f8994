using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// Manual mode: the inner-TLS pair from two files, read at intervals and put into service after a change. The content is
/// compared, not the time stamp: mounted secrets are replaced by links, and restored backups have old ones.
/// </summary>
/// <param name="certificateFile">The leaf and its chain; empty: there are no files, and nothing is read.</param>
internal sealed class LeafFiles(string certificateFile, string keyFile, TimeProvider time, ILogger<LeafFiles> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // A PEM file with a chain has a few kilobytes; a larger one is not valid.
    private const int MaxFileBytes = 256 * 1024;

    private readonly Lock gate = new();
    private (string Certificate, string Key) files = (certificateFile, keyFile); // guarded by gate
    private byte[] seen = []; // guarded by gate
    private volatile string lastProblem = "";

    /// <summary>The problem of the last check; empty when the files are in service.</summary>
    public string Problem => lastProblem;

    /// <summary>Sets other files, or none. The certificate in service stays until the new files are usable.</summary>
    public void Use(string nextCertificateFile, string nextKeyFile)
    {
        lock (gate)
        {
            if (files != (nextCertificateFile, nextKeyFile))
            {
                (files, seen, lastProblem) = ((nextCertificateFile, nextKeyFile), [], "");
            }
        }
    }

    /// <summary>Checks until cancelled. It ignores a pair that does not match: tools write one file first.</summary>
    public async Task RunAsync(LeafSlot leaves, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            Reload(leaves);
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public void Reload(LeafSlot leaves)
    {
        lock (gate)
        {
            if (files.Certificate.Length > 0)
            {
                Reload_NeedsLock(leaves, files.Certificate, files.Key);
            }
        }
    }

    private void Reload_NeedsLock(LeafSlot leaves, string certificateFile, string keyFile)
    {
        try
        {
            var certificates = Read(certificateFile);
            var key = PrivateFile.ReadText(keyFile);
            var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{certificates}\0{key}"));
            if (digest.AsSpan().SequenceEqual(seen))
            {
                return;
            }

            var pair = KeyAndCertificate.FromPem(certificates, key);
            if (time.GetUtcNow() >= pair.NotAfter + TimeSpan.FromSeconds(1))
            {
                Report($"{certificateFile} expired at {pair.NotAfter:u}.");
                return;
            }

            leaves.Swap(pair);
            seen = digest;
            lastProblem = "";
        }
        catch (CertificateUnusableException e)
        {
            Report($"{certificateFile}, {keyFile}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecretUnavailableException)
        {
            Report(e.Message);
        }
    }

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MaxFileBytes)
        {
            throw new IOException($"{file} has more than {MaxFileBytes} bytes.");
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private void Report(string problem)
    {
        if (problem != lastProblem)
        {
            lastProblem = problem;
            Log.LeafRefused(logger, problem);
        }
    }
}
