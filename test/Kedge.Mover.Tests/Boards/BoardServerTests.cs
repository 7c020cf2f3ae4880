using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kedge.Contracts.Moving;
using Kedge.Mediator.Moving;
using Kedge.Mover.Boards;

namespace Kedge.Mover.Tests.Boards;

public sealed class BoardServerTests
{
    static readonly MoverOffer Offer = new(["main"], ["file"], 0);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enrolled_mover_gets_the_orders_of_its_site_and_no_others()
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north", "dc2"));
        using var board = new HttpBoard(yard.Address, identity, TimeProvider.System);
        yard.Board.Order(Yard.Read("1", "/x"));
        yard.Board.Order(Yard.Read("2", "/x") with { Site = "dc2" });

        var first = await board.TakeAsync(Offer, Cancel);
        var second = await board.TakeAsync(Offer, Cancel);

        Assert.Equal("2", first!.Order.Id);
        Assert.Equal(Yard.Read("2", "/x") with { Site = "dc2" }, first.Order);
        Assert.Null(second);
    }

    [Fact]
    public async Task A_board_is_believed_under_each_name_that_movers_know_it_by()
    {
        await using var yard = await Yard.NewAsync();
        await using var server = await BoardServer.StartAsync(new Uri("https://localhost:0"), [new Uri("https://127.0.0.1:0")], yard.Board, yard.Authority, TimeProvider.System, Cancel);
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var byName = new HttpBoard(new Uri($"https://localhost:{server.Port}"), identity, TimeProvider.System);
        using var byAddress = new HttpBoard(new Uri($"https://127.0.0.1:{server.Port}"), identity, TimeProvider.System);

        Assert.Null(await byName.TakeAsync(Offer, Cancel));
        Assert.Null(await byAddress.TakeAsync(Offer, Cancel));
    }

    [Fact]
    public async Task A_mover_keeps_its_old_identity_until_the_new_one_is_let_in()
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var board = new HttpBoard(yard.Address, identity, TimeProvider.System);

        yard.Authority.Prepare(identity.Mover);

        Assert.Null(await board.TakeAsync(Offer, Cancel));
    }

    [Fact]
    public async Task A_mover_that_was_revoked_is_refused_in_words()
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var board = new HttpBoard(yard.Address, identity, TimeProvider.System);
        await board.TakeAsync(Offer, Cancel);

        Assert.True(yard.Authority.Revoke(identity.Mover));

        var refused = await Assert.ThrowsAsync<BoardException>(() => board.TakeAsync(Offer, Cancel));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.Contains("kedge mover enroll", refused.Message, StringComparison.Ordinal);
        Assert.False(yard.Authority.Revoke(identity.Mover));
    }

    [Fact]
    public async Task A_mover_that_was_enrolled_again_is_refused_with_its_old_identity()
    {
        await using var yard = await Yard.NewAsync();
        using var old = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var fresh = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var before = new HttpBoard(yard.Address, old, TimeProvider.System);
        using var after = new HttpBoard(yard.Address, fresh, TimeProvider.System);

        Assert.Null(await after.TakeAsync(Offer, Cancel));
        await Assert.ThrowsAsync<BoardException>(() => before.TakeAsync(Offer, Cancel));
    }

    [Fact]
    public async Task A_mover_of_another_authority_gets_no_connection_and_makes_none()
    {
        await using var yard = await Yard.NewAsync();
        await using var other = await Yard.NewAsync();
        using var stranger = MoverIdentity.Open(await other.EnrollAsync("north"));
        using var board = new HttpBoard(yard.Address, stranger, TimeProvider.System);

        await Assert.ThrowsAsync<BoardException>(() => board.TakeAsync(Offer, Cancel));
        using var trusting = Client(stranger.Certificate);
        await Assert.ThrowsAsync<HttpRequestException>(() => trusting.PostAsync(new Uri(yard.Address, "/v1/take"), null, Cancel));
        using var bare = Client(null);
        await Assert.ThrowsAsync<HttpRequestException>(() => bare.PostAsync(new Uri(yard.Address, "/v1/take"), null, Cancel));
    }

    [Fact]
    public async Task A_mover_s_certificate_does_not_make_a_board()
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var other = MoverIdentity.Open(await yard.EnrollAsync("south"));
        using var board = yard.Authority.IssueForBoard(["localhost"]);

        Assert.True(identity.Believes(board));
        Assert.False(identity.Believes(other.Certificate));
        Assert.Null(yard.Authority.FindEnrolled(board));
    }

    [Theory]
    [InlineData("/v1/take", "{", HttpStatusCode.BadRequest, "not understood")]
    [InlineData("/v1/take", "null", HttpStatusCode.BadRequest, "null")]
    [InlineData("/v1/take", """{"repositories":[],"devices":[]}""", HttpStatusCode.BadRequest, "waitS")]
    [InlineData("/v1/take", """{"repositories":[],"devices":[],"waitS":0,"more":1}""", HttpStatusCode.BadRequest, "more")]
    [InlineData("/v1/report", """{"order":"1","epoch":1,"news":{"kind":"invented"}}""", HttpStatusCode.BadRequest, "not understood")]
    [InlineData("/v2/take", "{}", HttpStatusCode.NotFound, "another version")]
    public async Task What_is_not_understood_is_refused_in_words(string path, string body, HttpStatusCode status, string says)
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var client = Client(identity.Certificate);

        using var answer = await client.PostAsync(new Uri(yard.Address, path), new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json")), Cancel);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_without_being_read()
    {
        await using var yard = await Yard.NewAsync();
        using var identity = MoverIdentity.Open(await yard.EnrollAsync("north"));
        using var client = Client(identity.Certificate);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(yard.Address, "/v1/report")) { Content = new ByteArrayContent(new byte[300 * 1024]) };
        // Whoever sends at once may hear of a broken connection before he hears why.
        request.Headers.ExpectContinue = true;

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Names_that_would_lead_out_of_the_directory_are_refused()
    {
        await using var yard = await Yard.NewAsync();

        foreach (var name in (string[])["../x", "", "a/b", "a.b", new string('x', 41)])
            Assert.ThrowsAny<Exception>(() => yard.Authority.Prepare(new MoverId("dc1", name)));
        await yard.EnrollAsync("north");
        Assert.Equal([new MoverId("dc1", "north")], yard.Authority.List().Select(one => one.Mover));
    }

    [Fact]
    public async Task The_authority_is_the_same_when_it_is_opened_again_and_its_key_is_its_owner_s_alone()
    {
        await using var yard = await Yard.NewAsync();

        using var again = await MoverAuthority.OpenOrCreateAsync(yard.In("movers"), TimeProvider.System, Cancel);

        Assert.Equal(yard.Authority.CertificatePem, again.CertificatePem);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(yard.In("movers/authority.key")));
    }

    /// <summary>A client that believes any board.</summary>
    static HttpClient Client(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        Expect100ContinueTimeout = TimeSpan.FromMinutes(5),
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
        },
    });
}
