using System.Net.Sockets;
using System.Security.Authentication;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>What a client knows of the hop that lost its call.</summary>
internal static class FailedHop
{
    /// <summary>
    /// The connection ended or was never there: that is the message of the edge, which owns its other end. The edge
    /// cannot send more within a connection that it cannot read.
    /// </summary>
    public const string Connection = "edge: end of connection";

    /// <summary>The hop that the failure names; "" if it names none, as a call without a response does.</summary>
    public static string Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RefusedCallException refused:
                    return refused.Hop;
                case OperationCanceledException:
                    return "";
                case SocketException or AuthenticationException or IOException:
                    return Connection;
            }
        }

        return "";
    }
}
