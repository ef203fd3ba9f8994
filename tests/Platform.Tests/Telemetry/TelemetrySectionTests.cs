using Culvert.Platform.Telemetry;
using Culvert.Platform.Tests.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Telemetry;

public sealed class TelemetrySectionTests : IDisposable
{
    private const string Base = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Exact = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Metrics = "OTEL_METRICS_EXPORTER";
    private const string ExactMetrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    private readonly ConfigFile file = new();

    public void Dispose() => file.Dispose();

    [Theory]
    [InlineData("", null)]
    [InlineData($"{Base}=", null)]
    [InlineData($"{Base}=http://c:4318", "http://c:4318/v1/traces")]
    [InlineData($"{Base}=https://c/otlp/", "https://c/otlp/v1/traces")]
    [InlineData($"{Base}=http://c:4318 {Exact}=http://t/in", "http://t/in")]
    [InlineData($"{Base}=http://c:4317 {Protocol}=grpc", "http://c:4317/")]
    public void Read_Endpoint_IsAsOpenTelemetrySays(string variables, string? endpoint) =>
        (Read("", variables, out var errors).Endpoint?.ToString()).ShouldBe(
            errors.Count == 0 ? endpoint : "no errors",
            string.Join(' ', errors)
        );

    [Theory]
    [InlineData($"{Base}=http://c:4318", null)]
    [InlineData($"{Base}=http://c:4318 {Metrics}=none", null)]
    [InlineData($"{Base}=http://c:4318 {Metrics}=prometheus", null)]
    [InlineData($"{Metrics}=otlp", null)]
    [InlineData($"{Base}=http://c:4318 {Metrics}=otlp", "http://c:4318/v1/metrics")]
    [InlineData($"{Base}=http://c:4318 {Metrics}=prometheus,otlp", "http://c:4318/v1/metrics")]
    [InlineData($"{ExactMetrics}=http://m/in {Metrics}=otlp", "http://m/in")]
    [InlineData($"{Base}=http://c:4317 {Protocol}=grpc {Metrics}=otlp", "http://c:4317/")]
    public void Read_EndpointOfMetrics_OnRequestAlone(string variables, string? endpoint) =>
        (Read("", variables, out var errors).Metrics?.Endpoint?.ToString()).ShouldBe(
            errors.Count == 0 ? endpoint : "no errors",
            string.Join(' ', errors)
        );

    [Fact]
    public void Read_Off_LooksAtNoVariable() =>
        Read("telemetry: {otlp: off}", $"{Base}=http://c {Protocol}=odd {Metrics}=odd", out var errors)
            .ShouldSatisfyAllConditions(
                options => options.ShouldBe(new TelemetryOptions()),
                _ => errors.ShouldBeEmpty()
            );

    [Theory]
    [InlineData(
        $"{Base}=c:4318",
        "telemetry.otlp: OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URL without a user."
    )]
    [InlineData($"{Exact}=http://user:password@c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not an http or https URL")]
    [InlineData($"{Base}=http://c {Protocol}=http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is neither")]
    [InlineData($"{Metrics}=user:password", "OTEL_METRICS_EXPORTER is neither otlp nor prometheus nor none")]
    public void Read_BadVariable_IsNamedWithoutItsValue(string variables, string message)
    {
        Read("", variables, out var errors);

        errors.ShouldHaveSingleItem().ShouldContain(message);
        errors[0].ShouldNotContain("user:password");
    }

    private TelemetryOptions Read(string yaml, string variables, out IReadOnlyList<string> errors)
    {
        var environment = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        TelemetryOptions? read = null;
        errors = file.Errors(yaml, root => read = TelemetrySection.Read(root, environment.GetValueOrDefault));
        return read!;
    }
}
