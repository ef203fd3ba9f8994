using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Finds the failure that a failed send means for the client.</summary>
internal static class SendFailure
{
    // The details are for the log alone; the caller learns the reason and nothing about addresses inside.
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

            // Of the handler's limits, a response can exceed the one on its headers alone: SocketsHttpHandler's 64 KiB.
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => (
                UpstreamFailures.HeadersTooLarge,
                e.Message
            ),

            // The handler's own connect timer: cancellation whose inside says timeout, before ours fired.
            OperationCanceledException { InnerException: TimeoutException } => (
                UpstreamFailures.ConnectTimeout,
                e.InnerException.Message
            ),
            OperationCanceledException => (UpstreamFailures.HeadersTimeout, "Stage: headers."),

            // The HTTP client looks a connection over when it is made; one that was reset by then has had no request.
            SocketException => (UpstreamFailures.ConnectFailed, e.Message),
            _ => (UpstreamFailures.Closed, e.Message),
        };
    }
}
