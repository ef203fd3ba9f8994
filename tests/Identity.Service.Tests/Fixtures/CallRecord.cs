using System.Collections.Concurrent;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Which operations of a service were called, over both of its ports, and which of the calls failed in it.</summary>
internal sealed class CallRecord : IStartupFilter
{
    private readonly ConcurrentDictionary<string, bool> operations = new();
    private readonly ConcurrentQueue<string> faults = new();

    /// <summary>Method and path template, as in docs/openapi.json.</summary>
    public IEnumerable<string> Operations => operations.Keys;

    /// <summary>Answers with a status of 500 or above.</summary>
    public IEnumerable<string> Faults => faults;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(then =>
                http =>
                {
                    // Before the answer is sent: a caller who has it finds its call here.
                    http.Response.OnStarting(() =>
                    {
                        Record(http);
                        return Task.CompletedTask;
                    });
                    return then(http);
                }
            );
            next(app);
        };

    private void Record(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } path })
        {
            return;
        }

        var operation = Operation.CreateName(http.Request.Method, path);
        operations.TryAdd(operation, true);
        if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            faults.Enqueue($"{operation}: {http.Response.StatusCode}");
        }
    }
}
