using System.Net.Sockets;
using System.Security.Authentication;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>What a client knows of the hop that lost its call.</summary>
internal static class FailedHop
{
    /// <summary>
    /// The connection ended or was never there: that is the word of whoever owns its other end, the edge. It cannot say
    /// more within a connection that it cannot read.
    /// </summary>
    public const string Connection = "edge: end of connection";

    /// <summary>The hop that the failure tells; "" if it tells none, as a call that only came to nothing does.</summary>
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
