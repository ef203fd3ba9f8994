using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// The outermost middleware: gives every request its id, and writes the error envelope if no endpoint answered (unknown
/// path, wrong method, an exception). An unmapped exception discloses nothing but the request id.
/// </summary>
internal sealed class EnvelopeMiddleware(
    RequestDelegate next,
    TimeProvider time,
    ILogger<EnvelopeMiddleware> logger,
    Traces? traces = null
)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var begun = time.GetTimestamp();
        var requestId = RequestIdentity.Begin(http, time.GetUtcNow());
        LogContext.RequestId = requestId;
        var span = RequestSpan.Begin(traces, http);
        try
        {
            await next(http);
            // Every endpoint of this service is a route; routing's own answer to a wrong method is not.
            if (!http.Response.HasStarted && http.GetEndpoint() is not RouteEndpoint)
            {
                await ErrorEnvelope.WriteAsync(
                    http,
                    http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                        ? RequestErrors.Method.Refuse()
                        : RequestErrors.NotFound.Refuse()
                );
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has closed the connection: no answer is sent.
        }
        catch (BadHttpRequestException fault)
        {
            await RefuseAsync(http, ToRefusal(fault));
        }
        catch (SigningUnavailableException)
        {
            // Logged where it occurred.
            await RefuseAsync(
                http,
                SigningKeyErrors.Unavailable.Refuse() with
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                }
            );
        }
        catch (Exception fault) when (StoreOutage.Explains(fault))
        {
            Log.StoreAway(logger, requestId, fault.Message);
            await RefuseAsync(http, StorageErrors.Unavailable.Refuse() with { RetryAfter = TimeSpan.FromSeconds(1) });
        }
        catch (Exception fault)
        {
            // The boundary of the request: an exception must not affect other requests of the connection.
            Log.RequestFaulted(logger, fault, requestId, http.Request.Method, http.Request.Path);
            await RefuseAsync(http, RequestErrors.Internal.Refuse());
        }

        if (span is not null)
        {
            RequestSpan.End(span, http, requestId);
        }

        Count(http, time.GetElapsedTime(begun));
    }

    // The label is the route template, never the path: an outsider must not be able to invent label values.
    private static void Count(HttpContext http, TimeSpan took)
    {
        var listener = new KeyValuePair<string, object?>("listener", http.Features.Get<ListenerMetadata>()?.Name);
        var route = new KeyValuePair<string, object?>(
            "route",
            (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? ""
        );
        ServiceMeters.RequestSeconds.Record(took.TotalSeconds, listener, route);
        if (ServiceMeters.Requests.Enabled)
        {
            ServiceMeters.Requests.Add(1, listener, route, new("status", http.Response.StatusCode));
        }
    }

    private static Refusal ToRefusal(BadHttpRequestException fault) =>
        fault.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => RequestErrors.TooLarge.Refuse(),
            StatusCodes.Status408RequestTimeout => RequestErrors.Timeout.Refuse(),
            _ => RequestErrors.Invalid.Refuse(),
        };

    private static async Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        if (http.Response.HasStarted)
        {
            http.Features.Get<IHttpRequestLifetimeFeature>()?.Abort();
            return;
        }

        await ErrorEnvelope.WriteAsync(http, refusal);
    }
}
