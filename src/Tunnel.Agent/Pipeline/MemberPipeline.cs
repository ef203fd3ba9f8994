using System.Runtime.CompilerServices;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Serves calls of members: with the stages of every request, and without a hostname or a token of their own.</summary>
internal sealed class MemberPipeline(RequestPipeline pipeline, BodyReader bodies) : IMemberPipeline
{
    // RFC 6761 §6.4: no client can resolve such a name.
    private const string Domain = "member.invalid";

    private const int Port = 443;

    private readonly ConditionalWeakTable<Route, ServedRoute> served = [];

    public ServedRoute Find(Route member) => served.GetValue(member, Serve);

    public IHttpApplication<Exchange> Open(ServedRoute member, Exchange caller, Composition composition) =>
        new Application(pipeline, bodies, member, caller, composition);

    private static ServedRoute Serve(Route member)
    {
        var name = member.HostnameUnder(Domain);
        return new ServedRoute(member, name, new ProtectedResource(member.Access.Oauth, [], name, Port));
    }

    private sealed class Application(
        RequestPipeline pipeline,
        BodyReader bodies,
        ServedRoute served,
        Exchange caller,
        Composition composition
    ) : IHttpApplication<Exchange>
    {
        public Exchange CreateContext(IFeatureCollection contextFeatures)
        {
            var exchange = new Exchange(bodies);
            exchange.Begin(contextFeatures);
            exchange.Principal = caller.Principal;
            exchange.ClientToken = caller.ClientToken;
            exchange.Composition = composition;
            exchange.Span = caller.Span;
            return exchange;
        }

        public Task ProcessRequestAsync(Exchange context) => pipeline.ServeMemberAsync(context, served);

        public void DisposeContext(Exchange context, Exception? exception) => context.End();
    }
}
