using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Ca.Requests;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Requests;

public sealed class RequestPolicyTests
{
    private static readonly GrantedNames Granted = new() { Dns = ["acme.tunnel.example", "*.acme.tunnel.example"] };

    [Theory]
    [InlineData("good-p256-no-names")]
    [InlineData("good-granted-names")]
    [InlineData("good-cn-among-names")]
    [InlineData("good-rsa2048-no-names")]
    public void Check_GoodRequest_IsGranted(string name) => Check(name).ShouldBeNull();

    [Theory]
    [InlineData("weak-rsa-1024", "key.weak")]
    [InlineData("weak-rsa-2560", "key.weak")]
    [InlineData("weak-rsa-exponent-3", "key.weak")]
    [InlineData("unsupported-p521", "key.unsupported")]
    [InlineData("extra-name", "name.not_authorised")]
    [InlineData("cn-mismatch", "name.cn_mismatch")]
    [InlineData("cn-only", "name.missing_san")]
    [InlineData("name-underscore", "name.invalid")]
    [InlineData("name-trailing-dot", "name.invalid")]
    [InlineData("name-address", "name.invalid")]
    [InlineData("wildcard-not-granted", "name.wildcard_forbidden")]
    [InlineData("name-email", "name.type_forbidden")]
    [InlineData("name-ip", "name.type_forbidden")]
    [InlineData("name-other", "name.type_forbidden")]
    [InlineData("asks-client-auth", "profile.eku")]
    [InlineData("asks-code-signing", "profile.eku")]
    public void Check_RequestBeyondGrant_HasItsCode(string name, string code) =>
        Check(name).ShouldNotBeNull().Code.Code.ShouldBe(code);

    [Fact]
    public void Check_KeyOutsideProfile_IsUnsupported()
    {
        ParsedRequest request = SigningRequestParser
            .Parse(Vectors.Csr("good-rsa2048-no-names"))
            .Value.ShouldNotBeNull();
        CertificateProfile agent = CertificateProfile.CreateValid(StandardProfiles.Agent(TimeSpan.FromHours(1)));

        RequestPolicy
            .Check(request, agent, GrantedNames.None)
            .ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.KeyUnsupported);
    }

    private static CaRefusal? Check(string name)
    {
        CaResult<ParsedRequest> request = SigningRequestParser.Parse(Vectors.Csr(name));
        CertificateProfile server = CertificateProfile.CreateValid(StandardProfiles.Server(TimeSpan.FromHours(24)));
        return request.Succeeded ? RequestPolicy.Check(request.Value, server, Granted) : request.Refusal;
    }
}
