using Culvert.Jose.Base64;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Jose.Tests.Base64;

public sealed class CanonicalBase64UrlTests
{
    // RFC 4648 §10 without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg", "f")]
    [InlineData("Zm8", "fo")]
    [InlineData("Zm9v", "foo")]
    [InlineData("Zm9vYg", "foob")]
    [InlineData("Zm9vYmE", "fooba")]
    [InlineData("Zm9vYmFy", "foobar")]
    public void Decode_RfcExample_GivesText(string encoded, string text) =>
        Encoding.ASCII.GetString(CanonicalBase64Url.Decode(encoded)!).ShouldBe(text);

    [Theory]
    [InlineData("Zg==")]
    [InlineData("Zm8=")]
    [InlineData("Zh")]
    [InlineData("Zm9")]
    [InlineData("Z")]
    [InlineData("Zm9vY")]
    [InlineData("Zm9v\n")]
    [InlineData(" Zm9v")]
    [InlineData("Zm+v")]
    [InlineData("Zm/v")]
    [InlineData("Zm9\u00ff")]
    [InlineData("Zm9\u0100")]
    public void Decode_NotCanonical_IsNull(string encoded) => CanonicalBase64Url.Decode(encoded).ShouldBeNull();

    [Fact]
    public void Decode_WhatTheFrameworkEncodes_RoundTrips() =>
        Prop.ForAll<byte[]>(bytes => CanonicalBase64Url.Decode(TokenForge.Encode(bytes))!.SequenceEqual(bytes))
            .CheckSeeded();

    [Fact]
    public void Decode_AnyAcceptedText_IsTheOnlySpelling() =>
        Prop.ForAll(
                ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "").ToArbitrary(),
                text => CanonicalBase64Url.Decode(text) is not { } bytes || TokenForge.Encode(bytes) == text
            )
            .CheckSeeded();
}
