using System.Net;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>One client among others: a principal at an address. Without a principal the address alone tells.</summary>
internal readonly record struct ClientKey(string Issuer, string Subject, IPAddress Address)
{
    public static ClientKey From(Exchange exchange) =>
        new(exchange.Principal?.Issuer ?? "", exchange.Principal?.Subject ?? "", exchange.Connection.Client.Address);
}
