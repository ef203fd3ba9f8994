using System.Text;
using System.Text.Json;
using Culvert.Platform.OAuth;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.OAuth;

public sealed class IssuerMetadataTests
{
    [Fact]
    public void Read_Document_GivesItsMembersAsTheyAreWritten()
    {
        using var metadata = IssuerMetadata.Read(
            """{"issuer":"https://idp.test/a/","jwks_uri":"https://keys.test/k","userinfo_endpoint":"","x":[]}"""u8.ToArray()
        );

        // The slash at the end belongs to the issuer, and an endpoint that is not in the document is null.
        metadata.Issuer.ShouldBe("https://idp.test/a/");
        metadata.JwksUri.ShouldBe("https://keys.test/k");
        metadata.TokenEndpoint.ShouldBeNull();
    }

    [Fact] // RFC 8259 §8.1
    public void Read_BehindAByteOrderMark_IsTheSame()
    {
        using var metadata = IssuerMetadata.Read("\uFEFF{\"issuer\":\"https://idp.test\"}"u8.ToArray());

        metadata.Issuer.ShouldBe("https://idp.test");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"issuer\"")]
    public void Read_NoObject_HasNoMembers(string document)
    {
        using var metadata = IssuerMetadata.Read(Encoding.UTF8.GetBytes(document));

        metadata.Issuer.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"issuer":"a","issuer":"b"}""")]
    [InlineData("""{"issuer":"\udc00"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void Read_WhatIsNoJsonOrMeansTwoThings_Throws(string document) =>
        Should.Throw<JsonException>(() => IssuerMetadata.Read(Encoding.UTF8.GetBytes(document)));

    [Theory]
    [InlineData(IssuerMetadata.MaxDepth - 1, true)]
    [InlineData(IssuerMetadata.MaxDepth, false)]
    public void Read_OnBothSidesOfTheDepth(int lists, bool isRead)
    {
        var document = Encoding.ASCII.GetBytes($$"""{"x":{{new string('[', lists)}}{{new string(']', lists)}}}""");

        if (isRead)
        {
            IssuerMetadata.Read(document).Dispose();
        }
        else
        {
            Should.Throw<JsonException>(() => IssuerMetadata.Read(document));
        }
    }
}
