using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

internal static class SendFailure
{
    // The details are for the log only: the client learns the reason, but no inner addresses.
    public static (Failure Failure, string Detail) Classify(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case UpstreamException own:
                    return (own.Failure, own.Message);
                case AuthenticationException tls:
                    return (UpstreamFailures.TlsFailed, tls.Message);
            }
        }

        return e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                UpstreamFailures.TlsFailed,
                e.Message
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => (
                UpstreamFailures.ConnectFailed,
                e.Message
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => (
                UpstreamFailures.BadResponse,
                e.Message
            ),

            // A response can exceed only one of the handler's limits: SocketsHttpHandler's 64 KiB for headers.
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => (
                UpstreamFailures.HeadersTooLarge,
                e.Message
            ),

            // The handler's own connect timeout: a cancellation with an inner TimeoutException.
            OperationCanceledException { InnerException: TimeoutException } => (
                UpstreamFailures.ConnectTimeout,
                e.InnerException.Message
            ),
            OperationCanceledException => (UpstreamFailures.HeadersTimeout, "Stage: headers."),

            // The HTTP client checks a connection when it is established: one that is reset by then carried no request.
            SocketException => (UpstreamFailures.ConnectFailed, e.Message),
            _ => (UpstreamFailures.Closed, e.Message),
        };
    }
}
