using Culvert.Machine.Client.Tokens.Detection;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

public sealed class AwsSignatureTests
{
    // post-x-www-form-urlencoded of the published test suite of Signature Version 4.
    [Fact]
    public void Sign_PublishedExample_IsTheSame()
    {
        var headers = AwsSignature.Sign(
            "example.amazonaws.com",
            "Param1=value1",
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null),
            "us-east-1",
            "service",
            new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero)
        );

        headers
            .Single(h => h.Key == "Authorization")
            .Value.ShouldBe(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date, "
                    + "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
            );
    }

    [Fact]
    public void Credentials_DoNotShowThemselves() =>
        new AwsCredentials("id", "hunter2-hunter2", "hunter2-hunter2").ToString().ShouldNotContain("hunter2-hunter2");
}
