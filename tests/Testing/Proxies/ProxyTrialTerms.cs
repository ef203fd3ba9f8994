using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Culvert.Testing.Proxies;

/// <summary>What is special about a client in its trials.</summary>
public sealed record ProxyTrialTerms
{
    /// <summary>Of the genuine target.</summary>
    public RequestDelegate Answer { get; init; } =
        context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("{}");
        };

    /// <summary>Starts a target that speaks something else than HTTP, with a certificate and its issuer; null = HTTP.</summary>
    public Func<X509Certificate2, X509Certificate2, ITrialTarget>? Target { get; init; }

    /// <summary>The target's certificate, or one that is wrong in its name; null = for the DNS name.</summary>
    public Func<TestPki, bool, X509Certificate2>? Issue { get; init; }

    /// <summary>What a request says that the client sends to a target before it has proved itself; null = it sends none.</summary>
    public string? Unproven { get; init; }
}
