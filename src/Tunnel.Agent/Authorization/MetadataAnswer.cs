using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Responds with a route's metadata document (A1). It is public, so pages of any origin may read it.</summary>
internal static class MetadataAnswer
{
    /// <summary>Requests with other methods at the same path go to the gate.</summary>
    public static bool Serves(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    public static async Task WriteAsync(Exchange exchange, ProtectedResource resource)
    {
        var (response, method) = (exchange.Response, exchange.Request.Method);
        var headers = response.Headers;
        headers.AccessControlAllowOrigin = "*";
        if (HttpMethods.IsOptions(method))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            headers.AccessControlAllowMethods = "GET";
            headers.AccessControlAllowHeaders = "*";
            return;
        }

        response.StatusCode = StatusCodes.Status200OK;
        headers.ContentType = "application/json";
        headers.CacheControl = "max-age=300";
        headers.ContentLength = resource.Document.Length;
        if (HttpMethods.IsGet(method))
        {
            await exchange.ResponseBody.Writer.WriteAsync(resource.Document, exchange.ClientGone);
        }
    }
}
