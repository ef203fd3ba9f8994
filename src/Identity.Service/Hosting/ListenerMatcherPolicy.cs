using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Routing.Matching;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Keeps the ports apart: an endpoint exists only for connections of its own listener. The tag is set when the
/// connection is accepted, so nothing that a client sends (Host, path) can change it.
/// </summary>
internal sealed class ListenerMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => -1000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var listener = httpContext.Features.Get<ListenerMetadata>()?.Listener;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i))
            {
                var wanted = candidates[i].Endpoint.Metadata.GetMetadata<ListenerMetadata>();
                // An endpoint without a tag is routing's answer to a wrong method; the service's own all have one.
                candidates.SetValidity(i, listener is not null && (wanted is null || wanted.Listener == listener));
            }
        }

        return Task.CompletedTask;
    }
}
