using System.Net;
using System.Net.Sockets;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>Waits until a started program does its job, and notices at once when it ends instead.</summary>
internal static class Readiness
{
    /// <summary>Until the program accepts connections on 127.0.0.1; for programs without a health endpoint.</summary>
    public static Task UntilListeningAsync(
        ProgramProcess process,
        int port,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        UntilAsync(
            process,
            async token =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), token);
                    return "";
                }
                catch (SocketException e)
                {
                    return $"127.0.0.1:{port} refuses: {e.SocketErrorCode}";
                }
            },
            limit,
            time,
            cancellationToken
        );

    /// <param name="probe">Answers "" when ready, else why not.</param>
    public static async Task UntilAsync(
        ProgramProcess process,
        Func<CancellationToken, Task<string>> probe,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (await ProcessReadiness.WaitAsync(process, probe, limit, time, cancellationToken) is { Length: > 0 } problem)
        {
            throw new HopFailureException(process.Name, problem, process.LogFile);
        }
    }
}
