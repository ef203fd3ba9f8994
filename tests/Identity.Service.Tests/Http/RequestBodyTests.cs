using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("""{"dns_names":[]}""", "name, addresses")]
    [InlineData("""{"name":"a","addresses":[],"nmae":1}""", "nmae")]
    [InlineData("""{"name":1,"addresses":[]}""", "name")]
    [InlineData("""{"name":null,"addresses":[]}""", "name")]
    [InlineData("""{"name":"a","addresses":[],"name":"b"}""", "twice")]
    [InlineData("""{"name":"a","addresses":[1]}""", "addresses[0]")]
    [InlineData("""{"name":"a","addresses":[]} {}""", "JSON")]
    [InlineData("""{"name":"a","addresses":[],}""", "JSON")]
    public void Parse_Bad_SaysWhichMemberAndNothingOfOurTypes(string json, string named)
    {
        var result = RequestBody.Parse(Encoding.UTF8.GetBytes(json), TunnelJson.Default.CreateEdgeRequest);

        result.Value.ShouldBeNull();
        var refusal = result.Refusal.ShouldNotBeNull();
        refusal.Code.Code.ShouldBe("request.invalid");
        refusal.Message.ShouldContain(named);
        refusal.Message.ShouldNotMatch(@"\b(Culvert|System)\.");
    }

    // The serializer says what is wrong by its English message alone: these fail when another version words it otherwise.
    [Theory]
    [InlineData("""{"dns_names":[]}""", "body: lacks a required member: name, addresses.")]
    [InlineData("""{"name":"a","addresses":[],"nmae":1}""", "nmae: is not a known member.")]
    [InlineData("""{"name":1,"addresses":[]}""", "name: has the wrong type.")]
    [InlineData("""{"name":null,"addresses":[]}""", "name: must not be null.")]
    [InlineData("""{"name":"a","addresses":[],"name":"b"}""", ": appears twice.")]
    [InlineData("""{"name":"a",""", ": is not valid JSON.")]
    public void Parse_Bad_SaysWhatIsWrong(string json, string said) =>
        RequestBody
            .Parse(Encoding.UTF8.GetBytes(json), TunnelJson.Default.CreateEdgeRequest)
            .Refusal.ShouldNotBeNull()
            .Message.ShouldEndWith(said);

    [Fact]
    public void Parse_AnyBytes_GiveAValueOrARefusal() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    var result = RequestBody.Parse(bytes, TunnelJson.Default.UpdateTunnelRequest);
                    return result.Value is null != result.Refusal is null;
                }
            )
            .CheckSeeded();

    [Fact]
    public void Parse_AbsentAndNull_AreTwoThings()
    {
        var absent = RequestBody.Parse("{}"u8, TunnelJson.Default.UpdateTunnelRequest).Value!;
        var cleared = RequestBody.Parse("""{"display_name":null}"""u8, TunnelJson.Default.UpdateTunnelRequest).Value!;

        absent.DisplayName.IsSet.ShouldBeFalse();
        cleared.DisplayName.ShouldBe(new Optional<string?>(null));
    }
}
