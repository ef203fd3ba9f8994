using System.Diagnostics;
using System.Security.Cryptography;
using Culvert.Benchmarks.Figures;
using Culvert.Ca.Requests;

namespace Culvert.Benchmarks.Issuance;

/// <summary>
/// The floor: signing requests read and proved, and as many octets signed as a certificate has, on every core, in this
/// process; nothing else. No service can issue faster than this machine computes.
/// </summary>
internal static class BareLoop
{
    private const int CertificateBytes = 360;
    private const int Requests = 512;

    public static IssuanceLoad Measure(TimeSpan duration, CancellationToken cancellationToken)
    {
        string[] requests = [.. Enumerable.Range(0, Requests).Select(_ => RequestMill.Csr())];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Loop(requests, key, duration / 4, cancellationToken);
        var before = Environment.CpuUsage.TotalTime;
        var result = Loop(requests, key, duration, cancellationToken);
        return new IssuanceLoad(result, (Environment.CpuUsage.TotalTime - before) / result.Requests * 1000);
    }

    private static LoadResult Loop(string[] requests, ECDsa key, TimeSpan duration, CancellationToken cancellationToken)
    {
        var content = RandomNumberGenerator.GetBytes(CertificateBytes);
        var started = Stopwatch.GetTimestamp();
        var latencies = new List<TimeSpan>[Environment.ProcessorCount];
        Parallel.For(
            0,
            latencies.Length,
            core =>
            {
                latencies[core] = [];
                for (var i = core; Stopwatch.GetElapsedTime(started) < duration; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var began = Stopwatch.GetTimestamp();
                    if (!SigningRequestParser.Parse(requests[i % requests.Length]).Succeeded)
                    {
                        throw new InvalidOperationException("A request of the floor was refused.");
                    }

                    key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                    latencies[core].Add(Stopwatch.GetElapsedTime(began));
                }
            }
        );
        return LoadResult.Of(Stopwatch.GetElapsedTime(started), latencies.SelectMany(one => one));
    }
}
