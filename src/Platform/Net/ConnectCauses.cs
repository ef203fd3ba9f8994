using System.Net.Sockets;

namespace Culvert.Platform.Net;

/// <summary>Classifies connection failures, with the next step for each.</summary>
public static class ConnectCauses
{
    /// <summary>The cause of an exception of a socket, of the HTTP client, or of a time limit.</summary>
    public static ConnectCause Find(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.GetBaseException() switch
        {
            SocketException e => Find(e.SocketErrorCode),
            OperationCanceledException or TimeoutException => ConnectCause.Silent,
            _ => ConnectCause.Other,
        };
    }

    /// <summary>The operator's next step. The program's name has its article: <c>the edge</c>.</summary>
    public static string NextStep(this ConnectCause cause, string address, string program) =>
        cause switch
        {
            ConnectCause.Refused =>
                $"No program listens at {address}: start {program} there, or correct the address or port.",
            ConnectCause.Silent =>
                $"Check that the host of {address} is up, and that firewalls on the way let TCP through to it.",
            ConnectCause.Unresolved => $"Correct the name in {address}, or this machine's DNS.",
            ConnectCause.Unreachable => $"This machine has no route to {address}: check its network and VPN.",
            _ => $"Check that {address} is reachable from this machine over TCP, and that {program} listens there.",
        };

    private static ConnectCause Find(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused => ConnectCause.Refused,
            SocketError.TimedOut => ConnectCause.Silent,
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => ConnectCause.Unresolved,
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown =>
                ConnectCause.Unreachable,
            _ => ConnectCause.Other,
        };
}
