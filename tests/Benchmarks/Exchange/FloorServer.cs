using Culvert.Benchmarks.Servers;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Exchange;

/// <summary>The least that can answer an exchange: it reads the body and sends as much as the service does.</summary>
internal static class FloorServer
{
    /// <summary>Typical size of the answer.</summary>
    private const int AnswerBytes = 900;

    public static string RootOf(string certificates) => Path.Combine(certificates, "ca.pem");

    public static async Task CertifyAsync(string certificates, CancellationToken cancellationToken)
    {
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "server", "ca", ["DNS:localhost"], cancellationToken);
    }

    public static Task<ChildServer> StartAsync(int port, string certificates, CancellationToken cancellationToken) =>
        ChildServer.StartAsync(
            "empty",
            port,
            certificates,
            cancellationToken,
            Path.Combine(certificates, "server.pem"),
            Path.Combine(certificates, "server.key"),
            $"{AnswerBytes}"
        );
}
